-- Which events of a calendar are offered for billing; none: all of them.
ALTER TABLE calendar ADD COLUMN billing_filters JSONB;
