"""The public pages of getting in touch: form, success page, private status page, landing pages of mails."""
