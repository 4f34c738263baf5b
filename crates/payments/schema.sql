-- The tables of the payments service, PostgreSQL 17.
--
-- Only tables and indexes: roles, grants and first rows belong to whoever sets the database up.
-- The service itself needs SELECT, INSERT and UPDATE on all three tables and nothing else.

-- A shop that takes payments through us.
CREATE TABLE merchants (
    id         text        PRIMARY KEY,              -- 'm-1001'
    name       text        NOT NULL,
    country    char(2)     NOT NULL,                 -- ISO 3166-1 alpha-2
    created_at timestamptz NOT NULL DEFAULT now()
);

-- One attempt to take money from a card.
CREATE TABLE payments (
    id              uuid        PRIMARY KEY,
    merchant_id     text        NOT NULL REFERENCES merchants (id),
    -- Chosen by the merchant. The unique constraint below is what makes a repeated request safe:
    -- the second one waits here until the first has committed, and then reads its outcome.
    idempotency_key text        NOT NULL,
    amount          bigint      NOT NULL CHECK (amount > 0),   -- minor units: cents, pence, yen
    currency        char(3)     NOT NULL,                      -- ISO 4217
    card_last4      char(4)     NOT NULL,                      -- never the whole number
    status          text        NOT NULL DEFAULT 'pending'
                                CHECK (status IN ('pending', 'approved', 'declined')),
    -- What the bank said: an authorization code when approved, a reason when declined.
    bank_answer     text,
    -- What the screening desk thinks of the payment, if it said anything.
    review_note     text,
    created_at      timestamptz NOT NULL DEFAULT now(),        -- before the bank was asked
    settled_at      timestamptz,                               -- when the bank answered
    UNIQUE (merchant_id, idempotency_key)
);

-- "What did this merchant take lately", newest first.
CREATE INDEX payments_merchant_created ON payments (merchant_id, created_at DESC);

-- Money given back. A payment may be refunded in parts, never beyond its amount.
CREATE TABLE refunds (
    id         uuid        PRIMARY KEY,
    payment_id uuid        NOT NULL REFERENCES payments (id),
    amount     bigint      NOT NULL CHECK (amount > 0),        -- minor units of the payment's currency
    reason     text,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX refunds_payment ON refunds (payment_id);
