-- A mailbox that is connected twice has one channel at a provider that keeps one for each calendar: its notices are known to both
-- connections by the same token.
ALTER TABLE push_channel DROP CONSTRAINT push_channel_token_hash_key;
CREATE INDEX push_channel_token ON push_channel (token_hash);
CREATE INDEX push_channel_remote ON push_channel (provider, remote_id);
