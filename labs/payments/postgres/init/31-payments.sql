-- Ninety days of payments, refunds included, that end when the image is built. The big merchants
-- take most of them, evenings are busier than nights, three in ten are declined.
--
-- The number is a price: Docker copies the data directory at every start (0.3 KB a payment).
-- It is enough for the planner to prefer indexes and for a full scan to be felt.
\set payments 50000

\connect payments
SET ROLE payments;
-- The same draws in every build; only the times differ.
SELECT setseed(0.42) \g /dev/null

INSERT INTO payments (id, merchant_id, idempotency_key, amount, currency, card_last4, status,
                      bank_answer, created_at, settled_at)
SELECT
    -- Version 7, as the service makes them: milliseconds first, so that new rows sort last.
    (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0')
        || '7' || substr(noise, 1, 3) || 'a' || substr(noise, 4, 15))::uuid,
    merchant.id,
    'ord-' || substr(noise, 19, 12),
    (10 ^ (2 + 3 * random()))::bigint,
    CASE merchant.country
        WHEN 'GB' THEN 'GBP' WHEN 'NO' THEN 'NOK' WHEN 'SE' THEN 'SEK' WHEN 'DK' THEN 'DKK'
        WHEN 'CH' THEN 'CHF' WHEN 'PL' THEN 'PLN' WHEN 'CZ' THEN 'CZK' ELSE 'EUR'
    END,
    lpad(card::text, 4, '0'),
    CASE WHEN card / 10 % 10 IN (3, 7, 9) THEN 'declined' ELSE 'approved' END,
    CASE
        WHEN card / 10 % 10 NOT IN (3, 7, 9) THEN lpad((number * 7919 % 1000000)::text, 6, '0')
        WHEN card % 10 <= 5 THEN 'insufficient_funds'
        WHEN card % 10 <= 7 THEN 'do_not_honor'
        WHEN card % 10 = 8 THEN 'expired_card'
        ELSE 'suspected_fraud'
    END,
    moment,
    -- As the bank answers: about 600 ms, and a second at most.
    moment + make_interval(secs => least(1, exp(ln(0.6) - 0.35 ^ 2 / 2 + 0.35 * random_normal())))
FROM (
    SELECT
        -- Bent within each day, so that most come around 18:00 UTC and few around 6:00.
        even + interval '2 hours' * sin(2 * pi() * (extract(epoch FROM even) / 86400 - 0.25)) AS moment,
        -- The merchant at rank r takes payments in proportion to r^-0.7: the first of sixty takes
        -- one in nine, the first ten nearly half.
        1000 + floor((1 + (61 ^ 0.3 - 1) * random()) ^ (1 / 0.3))::int AS merchant_number,
        number,
        md5(number::text) AS noise,
        -- The bank decides by the card: see the last but one digit.
        floor(10000 * random())::int AS card
    FROM generate_series(1, :payments) AS number,
        LATERAL (SELECT now() - interval '90 days' * (1 - number::float8 / :payments) AS even) AS clock
) AS drawn
JOIN merchants AS merchant ON merchant.id = 'm-' || merchant_number
WHERE moment < now()
ORDER BY moment;

INSERT INTO refunds (id, payment_id, amount, reason, created_at)
SELECT gen_random_uuid(), id, amount,
       (ARRAY['customer_request', 'duplicate', 'out_of_stock'])[1 + floor(random() * 3)],
       created_at + interval '2 days' * random()
FROM payments
WHERE status = 'approved' AND random() < 0.02 AND created_at < now() - interval '2 days'
ORDER BY created_at;
