// SQLite, in memory or in a file: pure Go, nothing to set up.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// The keys of a batch are one parameter, a JSON array. It needs no chunks, whatever the number of keys, and one text
// serves for all of them, so that the prepared statement is found again.
var sqlite = dialect{
	name:   "SQLite",
	ids:    `IN (SELECT value FROM json_each($2))`,
	lists:  `WITH keys(owner, first) AS (SELECT value ->> 0, value ->> 1 FROM json_each($2))`,
	idArgs: func(ids []int) []any { return []any{jsonOf(ids)} },
	load:   loadSQLite,
	listArgs: func(lists []List) []any {
		pairs := make([][2]int, len(lists))
		for i, l := range lists {
			pairs[i] = [2]int{l.Owner, l.First}
		}
		return []any{jsonOf(pairs)}
	},
}

var memories atomic.Int64 // databases in memory have names, so that all connections of one store see the same

func openSQLite(file string) (*store, error) {
	db, err := sql.Open("sqlite", sqliteDSN(file))
	if err != nil {
		return nil, err
	}
	return newSQLite(db), nil
}

func newSQLite(db *sql.DB) *store {
	conns := max(4, runtime.NumCPU())
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns) // the last connection that closes takes a database in memory with it
	return &store{db: db, dialect: sqlite}
}

func sqliteDSN(file string) string {
	if file == "" {
		return fmt.Sprintf("file:/batchtick-%d?vfs=memdb&_pragma=busy_timeout(5000)", memories.Add(1))
	}
	return "file:" + (&url.URL{Path: file}).EscapedPath() +
		"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)"
}

// loadSQLite inserts many rows a statement, all in one transaction.
func loadSQLite(ctx context.Context, db *sql.DB, g *graph, progress func(rows int)) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, schema); err != nil {
		return err
	}
	for _, t := range g.tables() {
		if err := insertAll(ctx, tx, t, progress); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `ANALYZE`); err != nil {
		return err
	}
	return tx.Commit()
}

func insertAll(ctx context.Context, tx *sql.Tx, t table, progress func(rows int)) error {
	const rowsAtOnce = 500
	row := "(" + strings.Join(slices.Repeat([]string{"?"}, len(t.columns)), ",") + ")"
	insert := func(args []any) error {
		n := len(args) / len(t.columns)
		query := fmt.Sprintf("INSERT INTO %s (%s) VALUES %s", t.name, strings.Join(t.columns, ","),
			strings.Join(slices.Repeat([]string{row}, n), ","))
		_, err := tx.ExecContext(ctx, query, args...)
		progress(n)
		return err
	}
	var args []any
	for values := range t.rows {
		if args = append(args, values...); len(args) == rowsAtOnce*len(t.columns) {
			if err := insert(args); err != nil {
				return err
			}
			args = args[:0]
		}
	}
	if len(args) == 0 {
		return nil
	}
	return insert(args)
}

func jsonOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // numbers only
	}
	return string(text)
}
