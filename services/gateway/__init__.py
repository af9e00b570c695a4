"""The gateway: the HTTP API for partners and city systems, and the web pages for seekers and counsellors."""
