"""The file of a complaint for arbitration or court (案卷): one ZIP with an index on paper, evidence and proofs."""
