"""E-mail: letters fetched by IMAP, answers sent by SMTP."""
