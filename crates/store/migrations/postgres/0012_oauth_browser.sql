-- An authorisation is bound to the browser that started it as well as to the session: SHA-256 of a random value in a cookie.
ALTER TABLE oauth_flow ADD COLUMN browser_hash BYTEA;
