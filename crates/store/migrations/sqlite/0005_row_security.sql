-- SQLite has no row security: this step is PostgreSQL's. The number is taken on both, so that versions mean the same.
SELECT 1;
