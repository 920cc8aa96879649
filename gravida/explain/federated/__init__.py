"""How the rounds of a federated model travel: sealed messages by files or HTTP, a log of what left."""
