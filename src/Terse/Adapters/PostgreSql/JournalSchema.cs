namespace Terse.Adapters.PostgreSql;

/// <summary>The audit log, and webhooks with their queue.</summary>
internal static class JournalSchema
{
    public static readonly PostgreSqlMigration Tables = new("journal-1", """
        CREATE TABLE audit (
            id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            at      timestamptz NOT NULL,
            actor   text COLLATE "C" NOT NULL,
            action  text COLLATE "C" NOT NULL,
            subject text COLLATE "C" NOT NULL,
            before  text,
            after   text
        );
        CREATE INDEX audit_subject ON audit (subject, id);
        CREATE INDEX audit_actor ON audit (actor, id);
        CREATE INDEX audit_action ON audit (action, id);

        CREATE TABLE webhooks (
            seq         bigint GENERATED ALWAYS AS IDENTITY,
            id          text COLLATE "C" PRIMARY KEY,
            url         text        NOT NULL,
            events      text[]      NOT NULL,
            secret      text        NOT NULL,
            description text        NOT NULL,
            owner       text        NOT NULL,
            created_at  timestamptz NOT NULL,
            disabled    text,
            failures    integer     NOT NULL,
            version     bigint      NOT NULL
        );

        CREATE TABLE webhook_deliveries (
            id         text COLLATE "C" PRIMARY KEY,
            webhook_id text COLLATE "C" NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
            event      text        NOT NULL,
            body       text        NOT NULL,
            created_at timestamptz NOT NULL,
            attempts   integer     NOT NULL,
            next_at    timestamptz NOT NULL,
            last_error text,
            dead       boolean     NOT NULL
        );
        CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_at) WHERE NOT dead;
        CREATE INDEX webhook_deliveries_of ON webhook_deliveries (webhook_id, dead, id);
        """);
}
