"""Ways out for mail: a local outbox, an SMTP server, Mailjet. Settings alone choose between them."""
