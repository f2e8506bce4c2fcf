package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// schema is that of examples/graphql. tenant is in every table that rows are shown from.
const schema = `
CREATE TABLE users (id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, name TEXT NOT NULL, best_friend INTEGER);
CREATE TABLE friendships (user_id INTEGER NOT NULL, friend_id INTEGER NOT NULL, PRIMARY KEY (user_id, friend_id));
CREATE TABLE posts (id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, author INTEGER NOT NULL, title TEXT NOT NULL);
CREATE TABLE comments (id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, post INTEGER NOT NULL, author INTEGER NOT NULL, text TEXT NOT NULL);
CREATE INDEX users_of_tenant ON users (tenant, id);
CREATE INDEX posts_of_author ON posts (author, id);
CREATE INDEX posts_of_tenant ON posts (tenant, id);
CREATE INDEX comments_of_post ON comments (post, id);
CREATE TABLE seeded (users INTEGER NOT NULL, seed INTEGER NOT NULL);
`

var memories atomic.Int64 // databases in memory have names, so that all connections of one store see the same

// Open makes a database in memory with a graph of so many users.
func Open(ctx context.Context, users int) (*Store, error) {
	db, err := sql.Open("sqlite", fmt.Sprintf("file:/gqlgen-%d?vfs=memdb&_pragma=busy_timeout(5000)", memories.Add(1)))
	if err != nil {
		return nil, err
	}
	conns := max(4, runtime.NumCPU())
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns) // the last connection that closes takes a database in memory with it
	if err := fill(ctx, db, newGraph(users)); err != nil {
		db.Close()
		return nil, fmt.Errorf("can't fill the database: %w", err)
	}
	return &Store{db: db}, nil
}

// fill inserts many rows a statement, all in one transaction.
func fill(ctx context.Context, db *sql.DB, g *graph) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, schema); err != nil {
		return err
	}
	for _, t := range g.tables() {
		if err := insertAll(ctx, tx, t); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `ANALYZE`); err != nil {
		return err
	}
	return tx.Commit()
}

func insertAll(ctx context.Context, tx *sql.Tx, t table) error {
	const rowsAtOnce = 500
	row := "(" + strings.Join(slices.Repeat([]string{"?"}, len(t.columns)), ",") + ")"
	insert := func(args []any) error {
		n := len(args) / len(t.columns)
		query := fmt.Sprintf("INSERT INTO %s (%s) VALUES %s", t.name, strings.Join(t.columns, ","),
			strings.Join(slices.Repeat([]string{row}, n), ","))
		_, err := tx.ExecContext(ctx, query, args...)
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
