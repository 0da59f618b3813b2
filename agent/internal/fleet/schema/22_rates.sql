-- How often an account of a platform or carrier may be called, by all stations
-- together. The next moment stands in the database and nowhere else: whoever is
-- elected to do the work meanwhile goes on where the last one stopped.

CREATE TABLE accounts (
    name    text PRIMARY KEY,
    next_at timestamptz NOT NULL DEFAULT '-infinity'
);

-- What each platform station's settings allow; the strictest counts.
CREATE TABLE rates (
    account text NOT NULL,
    station text NOT NULL,
    every   interval NOT NULL CHECK (every >= '0'),
    PRIMARY KEY (account, station)
);

CREATE FUNCTION rates_set(list jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
BEGIN
    DELETE FROM rates WHERE station = me.name;
    INSERT INTO rates (account, station, every) SELECT r.key, me.name, r.value::double precision * interval '1 second' FROM jsonb_each_text(list) r;
END $$;

-- call_slot keeps the next moment of an account for the caller, if it is no further
-- away than at_most: what is kept too far ahead is lost when its station dies or its
-- order is put off, and who needs one call would wait behind all who need many. It
-- returns how far away the moment is.
CREATE FUNCTION call_slot(of text, at_most interval, OUT wait interval, OUT taken boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    gap    interval;
    moment timestamptz;
BEGIN
    PERFORM _platform_caller();
    -- Lost with the server's last moments it costs a call too many, and not a commit
    -- to disk for each call.
    PERFORM set_config('synchronous_commit', 'off', true);
    gap := coalesce((SELECT max(r.every) FROM rates r JOIN stations s ON s.name = r.station
        WHERE r.account = of AND s.platform AND s.revoked IS NULL AND s.gone IS NULL), '0');
    INSERT INTO accounts (name) VALUES (of) ON CONFLICT DO NOTHING;
    SELECT greatest(a.next_at, clock_timestamp()) INTO moment FROM accounts a WHERE a.name = of FOR NO KEY UPDATE;
    taken := moment <= clock_timestamp() + at_most;
    IF taken AND (gap > '0' OR moment > clock_timestamp()) THEN
        UPDATE accounts SET next_at = moment + gap WHERE name = of;
    END IF;
    wait := greatest(moment - clock_timestamp(), '0');
END $$;

-- issuer_hold says that an account has asked everybody to wait.
CREATE FUNCTION issuer_hold(of text, wait interval) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM _platform_caller();
    INSERT INTO accounts (name, next_at) VALUES (of, clock_timestamp() + wait)
    ON CONFLICT (name) DO UPDATE SET next_at = greatest(accounts.next_at, clock_timestamp() + wait);
END $$;

GRANT EXECUTE ON FUNCTION rates_set, call_slot, issuer_hold TO miandan_platform;
