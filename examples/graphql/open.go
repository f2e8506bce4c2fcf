// Which database, and how it gets its rows.
package main

import (
	"context"
	"fmt"
	"strings"
)

// schema is the same for both databases. tenant is in every table that rows are shown from.
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

// open connects to PostgreSQL if dsn is a URL of it, and otherwise to SQLite in the file dsn, or in memory if it is empty.
// A database that is new is given a graph of so many users.
func open(ctx context.Context, dsn string, users int, progress progress) (*store, error) {
	connect := openSQLite
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		connect = openPostgres
	}
	s, err := connect(dsn)
	if err != nil {
		return nil, err
	}
	if err := s.fill(ctx, users, progress); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// fill makes the graph, unless the database has this very graph already.
func (s *store) fill(ctx context.Context, users int, progress progress) error {
	if err := s.db.PingContext(ctx); err != nil {
		return fmt.Errorf("can't reach the database: %w", err)
	}
	var has, seed int
	err := s.db.QueryRowContext(ctx, `SELECT users, seed FROM seeded`).Scan(&has, &seed)
	if err == nil && (has != users || seed != graphSeed) {
		return fmt.Errorf("the database has a graph of %d users from seed %d, not one of %d from %d: drop its tables, "+
			"or name another", has, seed, users, graphSeed)
	}
	if err == nil {
		return nil
	}
	g := newGraph(users)
	bar := progress(g.rows())
	defer bar.Finish()
	if err := s.load(ctx, s.db, g, func(rows int) { _ = bar.Add(rows) }); err != nil {
		return fmt.Errorf("can't fill the database: %w", err)
	}
	return nil
}
