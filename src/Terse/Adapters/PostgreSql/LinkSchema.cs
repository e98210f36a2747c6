namespace Terse.Adapters.PostgreSql;

/// <summary>Links, idempotency claims, code ranges, machine ids and API keys.</summary>
internal static class LinkSchema
{
    // Ids follow the order of insertion: they are the order of the list and its cursor. Titles are bytes, because text cannot have the character
    // zero. The words are split by SearchWords, not by a text search configuration, so the vector has no positions, only the words themselves.
    public static readonly PostgreSqlMigration Tables = new("links-1", """
        CREATE TABLE links (
            id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            code          text COLLATE "C" NOT NULL,
            destination   text        NOT NULL,
            created_at    timestamptz NOT NULL,
            expires_at    timestamptz,
            ends_at       timestamptz NOT NULL,
            redirect_type smallint    NOT NULL,
            disabled      boolean     NOT NULL,
            edge_ttl      integer     NOT NULL,
            title         bytea,
            tags          text[],
            owner         text        NOT NULL,
            version       bigint      NOT NULL,
            is_alias      boolean     NOT NULL,
            max_visits    bigint,
            password_hash text,
            taken_down    smallint,
            visits        bigint      NOT NULL DEFAULT 0,
            words         tsvector    NOT NULL
        );
        CREATE UNIQUE INDEX links_code ON links (code);
        CREATE INDEX links_ends_at ON links (ends_at);
        CREATE INDEX links_lookalikes ON links (length(code), id) WHERE is_alias AND code ~ '^[0-9A-Za-z]+$';
        CREATE INDEX links_words ON links USING gin (words);
        CREATE INDEX links_tags ON links USING gin (tags) WHERE tags IS NOT NULL;

        CREATE TABLE idempotency_claims (
            key           text COLLATE "C" PRIMARY KEY,
            request_hash  text        NOT NULL,
            leased_until  timestamptz NOT NULL,
            forget_at     timestamptz NOT NULL,
            completed     boolean     NOT NULL DEFAULT false,
            code          text        NOT NULL,
            destination   text        NOT NULL,
            created_at    timestamptz NOT NULL,
            expires_at    timestamptz,
            ends_at       timestamptz NOT NULL,
            redirect_type smallint    NOT NULL,
            disabled      boolean     NOT NULL,
            edge_ttl      integer     NOT NULL,
            title         bytea,
            tags          text[],
            owner         text        NOT NULL,
            version       bigint      NOT NULL,
            is_alias      boolean     NOT NULL,
            max_visits    bigint,
            password_hash text,
            taken_down    smallint,
            visits        bigint      NOT NULL
        );
        CREATE INDEX idempotency_claims_forget_at ON idempotency_claims (forget_at);

        CREATE TABLE instance (
            id         integer PRIMARY KEY CHECK (id = 1),
            code_key   bytea,
            high_water bigint NOT NULL DEFAULT 0
        );
        INSERT INTO instance (id) VALUES (1);

        CREATE TABLE machines (
            id         integer PRIMARY KEY,
            holder     text,
            not_before timestamptz NOT NULL,
            expires_at timestamptz NOT NULL
        );
        INSERT INTO machines SELECT id, NULL, 'epoch', 'epoch' FROM generate_series(0, 1023) AS id;

        CREATE TABLE api_keys (
            seq        bigint GENERATED ALWAYS AS IDENTITY,
            id         text COLLATE "C" PRIMARY KEY,
            name       bytea       NOT NULL,
            hash       bytea       NOT NULL,
            scopes     integer     NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz,
            revoked_at timestamptz
        );
        """);

    // For lists of what redirects no more. Links that do are in neither.
    public static readonly PostgreSqlMigration Disabled =
        new("links-2-disabled", "CREATE INDEX CONCURRENTLY IF NOT EXISTS links_disabled ON links (id) WHERE disabled", Online: true);

    public static readonly PostgreSqlMigration TakenDown =
        new("links-3-taken-down", "CREATE INDEX CONCURRENTLY IF NOT EXISTS links_taken_down ON links (id) WHERE taken_down IS NOT NULL", Online: true);

    // For the list of one owner's links. Byte by byte, as codes are: an index in the order of a language must be made again when the language's rules change.
    public static readonly PostgreSqlMigration Owner =
        new("links-4-owner", """CREATE INDEX CONCURRENTLY IF NOT EXISTS links_owner ON links (owner COLLATE "C", id)""", Online: true);
}
