// Package store is the data of examples/graphql in SQLite, for one of its tenants: the same tables, statements and rows,
// copied, so that neither example depends on the other. A batch function is one statement, whatever the number of its keys.
package store

import (
	"context"
	"database/sql"
	"fmt"
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

// Tenant is whose rows are read: those of odd ids.
const Tenant = "acme"

// Store asks a database. It may be used by any number of requests at once.
type Store struct{ db *sql.DB }

type counterKey struct{}

// Counting returns a copy of ctx with which statements are counted in n.
func Counting(ctx context.Context, n *atomic.Int64) context.Context {
	return context.WithValue(ctx, counterKey{}, n)
}

// $1 is the tenant everywhere. The keys are one parameter, a JSON array.
const (
	keysOfLists = `WITH keys(owner, first) AS (SELECT value ->> 0, value ->> 1 FROM json_each($2))`

	usersByID = `SELECT id, name, best_friend FROM users WHERE tenant = $1 AND id IN (SELECT value FROM json_each($2))`

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

// Users finds users by their ids.
func (s *Store) Users(ctx context.Context, ids []int) (map[int]User, error) {
	found := make(map[int]User, len(ids))
	err := s.query(ctx, "users", usersByID, []any{Tenant, jsonOf(ids)}, func(rows *sql.Rows) error {
		u, err := scanUser(rows)
		found[u.ID] = u
		return err
	})
	return found, err
}

// Friends finds the friends of each user, as many as are asked for.
func (s *Store) Friends(ctx context.Context, keys []List) (map[List][]User, error) {
	return lists(ctx, s, "friends", friendsByUser, keys, scanUser)
}

// Posts finds the posts of each user: the newest posts first.
func (s *Store) Posts(ctx context.Context, keys []List) (map[List][]Post, error) {
	return lists(ctx, s, "posts", postsByAuthor, keys, scanPost)
}

// Comments finds the comments of each post: the oldest comments first.
func (s *Store) Comments(ctx context.Context, keys []List) (map[List][]Comment, error) {
	return lists(ctx, s, "comments", commentsByPost, keys, scanComment)
}

// UsersAfter is one page of all users: those whose id is greater than the page's owner.
func (s *Store) UsersAfter(ctx context.Context, page List) (users []User, err error) {
	return all(ctx, s, "pages", usersAfter, []any{Tenant, page.Owner, page.First}, scanUser)
}

// Feed has the newest posts of everybody.
func (s *Store) Feed(ctx context.Context, first int) (posts []Post, err error) {
	return all(ctx, s, "feed", newestPosts, []any{Tenant, first}, scanPost)
}

// lists runs a query for lists, whose rows begin with the key. A list without rows is an empty list.
func lists[V any](
	ctx context.Context, s *Store, name, query string, keys []List, scan func(row, ...any) (V, error),
) (map[List][]V, error) {
	found := make(map[List][]V, len(keys))
	for _, k := range keys {
		found[k] = []V{}
	}
	pairs := make([][2]int, len(keys))
	for i, k := range keys {
		pairs[i] = [2]int{k.Owner, k.First}
	}
	err := s.query(ctx, name, keysOfLists+query, []any{Tenant, jsonOf(pairs)}, func(rows *sql.Rows) error {
		var k List
		v, err := scan(rows, &k.Owner, &k.First)
		found[k] = append(found[k], v)
		return err
	})
	return found, err
}

// all runs a query for one list.
func all[V any](
	ctx context.Context, s *Store, name, query string, args []any, scan func(row, ...any) (V, error),
) ([]V, error) {
	found := []V{}
	err := s.query(ctx, name, query, args, func(rows *sql.Rows) error {
		v, err := scan(rows)
		found = append(found, v)
		return err
	})
	return found, err
}

// query sends a statement and counts it.
func (s *Store) query(ctx context.Context, name, query string, args []any, each func(*sql.Rows) error) error {
	if n, ok := ctx.Value(counterKey{}).(*atomic.Int64); ok {
		n.Add(1)
	}
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return fmt.Errorf("store: %s: %w", name, err)
		}
	}
	return rows.Err()
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

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
