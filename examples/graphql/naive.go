// The same data the way one writes it first: a statement for each row, as the resolver comes to it.
package main

import (
	"context"
	"database/sql"
)

const (
	oneUser       = `SELECT id, name, best_friend FROM users WHERE tenant = $1 AND id = $2`
	friendIDs     = `SELECT friend_id FROM friendships WHERE $1 <> '' AND user_id = $2 ORDER BY friend_id LIMIT $3`
	postsOfOne    = `SELECT id, author, title FROM posts WHERE tenant = $1 AND author = $2 ORDER BY id DESC LIMIT $3`
	commentsOfOne = `SELECT id, author, text FROM comments WHERE tenant = $1 AND post = $2 ORDER BY id LIMIT $3`
)

type naive struct {
	ctx    context.Context
	store  *store
	tenant string
}

func (n naive) user(id int, _ plan) (any, error) {
	if id == 0 {
		return nil, nil
	}
	users, err := all(n.ctx, n.store, "users", oneUser, []any{n.tenant, id}, scanUser)
	if err != nil || len(users) == 0 {
		return nil, err
	}
	return users[0], nil
}

func (n naive) friends(key List, _ plan) (any, error) {
	var ids []int
	err := n.store.query(n.ctx, "friends", friendIDs, []any{n.tenant, key.Owner, key.First}, func(rows *sql.Rows) error {
		var id int
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	friends := []any{}
	for _, id := range ids {
		friend, err := n.user(id, nil)
		if err != nil {
			return nil, err
		}
		friends = append(friends, friend)
	}
	return friends, nil
}

func (n naive) posts(key List, _ plan) (any, error) {
	return all(n.ctx, n.store, "posts", postsOfOne, []any{n.tenant, key.Owner, key.First}, scanPost)
}

func (n naive) comments(key List, _ plan) (any, error) {
	return all(n.ctx, n.store, "comments", commentsOfOne, []any{n.tenant, key.Owner, key.First}, scanComment)
}

func (n naive) usersAfter(page List, _ plan) (any, error) {
	return n.store.UsersAfter(n.ctx, n.tenant, page)
}

func (n naive) feed(first int, _ plan) (any, error) {
	return n.store.Feed(n.ctx, n.tenant, first)
}

func (n naive) setBestFriend(user, friend int, _ plan) (any, error) {
	return n.store.SetBestFriend(n.ctx, n.tenant, user, friend)
}

func (n naive) addFriend(user, friend int, _ plan) (any, error) {
	if err := n.store.AddFriend(n.ctx, n.tenant, user, friend); err != nil {
		return nil, err
	}
	return n.user(user, nil)
}
