// The data: one SQL text for both databases, and a batch function for each kind of thing that is loaded. A batch
// function is one statement, whatever the number of its keys.
package main

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync/atomic"
)

// User is a row of users. BestFriend is an id, 0 for none.
type User struct {
	ID         int
	Name       string
	BestFriend int
}

// Post is a row of posts.
type Post struct {
	ID     int
	Author int
	Title  string
}

// Comment is a row of comments.
type Comment struct {
	ID     int
	Author int
	Text   string
}

// List is the key of a list: whose it is, and how much of it is asked for. Two lists of one owner, of which one is
// longer, are two keys, and both may be in one batch.
type List struct{ Owner, First int }

// store asks a database. It may be used by any number of requests at once.
type store struct {
	db *sql.DB
	dialect
	statements atomic.Int64 // sent so far
}

// dialect is where the databases differ: how the keys of a batch become a table.
type dialect struct {
	name  string
	ids   string // is one of the ids of $2
	lists string // the table keys(owner, first)

	idArgs   func(ids []int) []any
	listArgs func(lists []List) []any
	load     func(ctx context.Context, db *sql.DB, g *graph, progress func(rows int)) error
}

// $1 is the tenant everywhere, so that no row of another tenant can leave the database.
const (
	usersByID = `SELECT id, name, best_friend FROM users WHERE tenant = $1 AND id `

	friendsByUser = `
SELECT k.owner, k.first, u.id, u.name, u.best_friend
FROM keys k
JOIN (SELECT user_id, friend_id, row_number() OVER (PARTITION BY user_id ORDER BY friend_id) AS n
      FROM friendships WHERE user_id IN (SELECT owner FROM keys)) f ON f.user_id = k.owner AND f.n <= k.first
JOIN users u ON u.id = f.friend_id AND u.tenant = $1
ORDER BY f.n`

	postsByAuthor = `
SELECT k.owner, k.first, p.id, p.author, p.title
FROM keys k
JOIN (SELECT id, author, title, row_number() OVER (PARTITION BY author ORDER BY id DESC) AS n
      FROM posts WHERE tenant = $1 AND author IN (SELECT owner FROM keys)) p ON p.author = k.owner AND p.n <= k.first
ORDER BY p.n`

	commentsByPost = `
SELECT k.owner, k.first, c.id, c.author, c.text
FROM keys k
JOIN (SELECT id, post, author, text, row_number() OVER (PARTITION BY post ORDER BY id) AS n
      FROM comments WHERE tenant = $1 AND post IN (SELECT owner FROM keys)) c ON c.post = k.owner AND c.n <= k.first
ORDER BY c.n`

	usersAfter  = `SELECT id, name, best_friend FROM users WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3`
	newestPosts = `SELECT id, author, title FROM posts WHERE tenant = $1 ORDER BY id DESC LIMIT $2`
)

// Users is a batch function.
func (s *store) Users(ctx context.Context, tenant string, ids []int) (map[int]User, error) {
	found := make(map[int]User, len(ids))
	err := s.query(ctx, "users", usersByID+s.ids, s.args(tenant, s.idArgs(ids)), func(rows *sql.Rows) error {
		u, err := scanUser(rows)
		found[u.ID] = u
		return err
	})
	return found, err
}

// Friends is a batch function.
func (s *store) Friends(ctx context.Context, tenant string, keys []List) (map[List][]User, error) {
	return lists(ctx, s, "friends", friendsByUser, tenant, keys, scanUser)
}

// Posts is a batch function: the newest posts first.
func (s *store) Posts(ctx context.Context, tenant string, keys []List) (map[List][]Post, error) {
	return lists(ctx, s, "posts", postsByAuthor, tenant, keys, scanPost)
}

// Comments is a batch function: the oldest comments first.
func (s *store) Comments(ctx context.Context, tenant string, keys []List) (map[List][]Comment, error) {
	return lists(ctx, s, "comments", commentsByPost, tenant, keys, scanComment)
}

// UsersAfter is one page of all users: those whose id is greater than the page's owner.
func (s *store) UsersAfter(ctx context.Context, tenant string, page List) (users []User, err error) {
	return all(ctx, s, "pages", usersAfter, []any{tenant, page.Owner, page.First}, scanUser)
}

// Feed has the newest posts of everybody.
func (s *store) Feed(ctx context.Context, tenant string, first int) (posts []Post, err error) {
	return all(ctx, s, "feed", newestPosts, []any{tenant, first}, scanPost)
}

// lists runs a query for lists, whose rows begin with the key. A list without rows is an empty list.
func lists[V any](
	ctx context.Context, s *store, name, query, tenant string, keys []List, scan func(row, ...any) (V, error),
) (map[List][]V, error) {
	found := make(map[List][]V, len(keys))
	for _, k := range keys {
		found[k] = []V{}
	}
	err := s.query(ctx, name, s.lists+query, s.args(tenant, s.listArgs(keys)), func(rows *sql.Rows) error {
		var k List
		v, err := scan(rows, &k.Owner, &k.First)
		found[k] = append(found[k], v)
		return err
	})
	return found, err
}

// all runs a query for one list.
func all[V any](
	ctx context.Context, s *store, name, query string, args []any, scan func(row, ...any) (V, error),
) ([]V, error) {
	found := []V{}
	err := s.query(ctx, name, query, args, func(rows *sql.Rows) error {
		v, err := scan(rows)
		found = append(found, v)
		return err
	})
	return found, err
}

// errDatabase is what a client is told: the driver's own words may have a host, a table or a value in them.
var errDatabase = errors.New("the database gave no answer; the server's log has the reason")

// query sends a statement, counts it, and has it recorded for the request that ctx belongs to.
func (s *store) query(
	ctx context.Context, name, query string, args []any, each func(*sql.Rows) error,
) (err error) {
	s.statements.Add(1)
	done := recordStatement(ctx, name, query, args)
	defer func() {
		switch {
		case err == nil:
		case ctx.Err() != nil:
			err = context.Cause(ctx) // each driver has words of its own for it
		default:
			slog.Error("a statement failed", "statement", name, "error", err)
			err = errDatabase
		}
		done(err)
	}()
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (s *store) args(tenant string, keys []any) []any { return append([]any{tenant}, keys...) }

func (s *store) Close() error { return s.db.Close() }

type row interface{ Scan(...any) error }

func scanUser(r row, key ...any) (u User, err error) {
	var best sql.NullInt64
	err = r.Scan(append(key, &u.ID, &u.Name, &best)...)
	u.BestFriend = int(best.Int64)
	return u, err
}

func scanPost(r row, key ...any) (p Post, err error) {
	err = r.Scan(append(key, &p.ID, &p.Author, &p.Title)...)
	return p, err
}

func scanComment(r row, key ...any) (c Comment, err error) {
	err = r.Scan(append(key, &c.ID, &c.Author, &c.Text)...)
	return c, err
}
