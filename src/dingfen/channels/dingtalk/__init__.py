"""DingTalk (钉钉): messages in by signed callback, answers out by its interface, notices to a group's robot."""
