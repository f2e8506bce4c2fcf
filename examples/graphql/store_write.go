// The writes, each one statement that gives back the row as it is now.
package main

import (
	"context"
	"database/sql"
	"errors"
)

var errNoSuchUser = errors.New("there is no such user")

const (
	updateBestFriend = `
UPDATE users SET best_friend = $3
WHERE tenant = $1 AND id = $2 AND id <> $3 AND EXISTS (SELECT 1 FROM users b WHERE b.tenant = $1 AND b.id = $3)
RETURNING id, name, best_friend`

	insertFriendship = `
INSERT INTO friendships (user_id, friend_id)
SELECT a.id, b.id FROM users a CROSS JOIN users b
WHERE a.tenant = $1 AND b.tenant = $1 AND ((a.id = $2 AND b.id = $3) OR (a.id = $3 AND b.id = $2)) AND a.id <> b.id
ON CONFLICT (user_id, friend_id) DO UPDATE SET user_id = excluded.user_id
RETURNING user_id`
)

// SetBestFriend makes friend the best friend of user, and returns the user's new row.
func (s *store) SetBestFriend(ctx context.Context, tenant string, user, friend int) (u User, err error) {
	err = s.query(ctx, "setBestFriend", updateBestFriend, []any{tenant, user, friend}, func(rows *sql.Rows) error {
		u, err = scanUser(rows)
		return err
	})
	if err == nil && u.ID == 0 {
		err = errNoSuchUser
	}
	return u, err
}

// AddFriend makes user and friend friends of each other. That they were friends before is no error.
func (s *store) AddFriend(ctx context.Context, tenant string, user, friend int) error {
	found := false
	err := s.query(ctx, "addFriend", insertFriendship, []any{tenant, user, friend}, func(rows *sql.Rows) error {
		found = true
		return nil
	})
	if err == nil && !found {
		err = errNoSuchUser
	}
	return err
}
