// PostgreSQL, by -dsn postgres://…
package main

import (
	"context"
	"database/sql"
	"iter"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// The keys of a batch are an array parameter, those of lists two arrays side by side.
var postgres = dialect{
	name:   "PostgreSQL",
	ids:    `= ANY ($2::int[])`,
	lists:  `WITH keys(owner, first) AS (SELECT * FROM unnest($2::int[], $3::int[]))`,
	idArgs: func(ids []int) []any { return []any{ids} },
	load:   loadPostgres,
	listArgs: func(lists []List) []any {
		owners, firsts := make([]int, len(lists)), make([]int, len(lists))
		for i, l := range lists {
			owners[i], firsts[i] = l.Owner, l.First
		}
		return []any{owners, firsts}
	},
}

func openPostgres(dsn string) (*store, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	config.RuntimeParams["application_name"] = "batchtick"
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(20)
	db.SetMaxIdleConns(20)
	return &store{db: db, dialect: postgres}, nil
}

// loadPostgres copies table by table, in one transaction.
func loadPostgres(ctx context.Context, db *sql.DB, g *graph, progress func(rows int)) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(driver any) error {
		return pgx.BeginFunc(ctx, driver.(*stdlib.Conn).Conn(), func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, schema); err != nil {
				return err
			}
			for _, t := range g.tables() {
				next, stop := iter.Pull(t.rows)
				defer stop()
				_, err := tx.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, pgx.CopyFromFunc(func() ([]any, error) {
					row, _ := next()
					if row != nil {
						progress(1)
					}
					return row, nil
				}))
				if err != nil {
					return err
				}
			}
			_, err := tx.Exec(ctx, `ANALYZE`)
			return err
		})
	})
}
