"""The pages of alerts: signing up, the links of mails, what is new, settings."""
