// How resolvers get data through the loaders: as thunks, each the Await of a promise.
package main

import (
	"context"
	"errors"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
)

// reader is what resolvers ask for data, and has two forms: loaded and naive. Each method returns a value, or a thunk
// that graphql-go calls when it has called all resolvers of the same level. next says what is going to be asked of the
// result; it is for those who can make use of it.
type reader interface {
	user(id int, next plan) (any, error)
	friends(key List, next plan) (any, error)
	posts(key List, next plan) (any, error)
	comments(key List, next plan) (any, error)
	usersAfter(page List, next plan) (any, error)
	feed(first int, next plan) (any, error)
	setBestFriend(user, friend int, next plan) (any, error)
	addFriend(user, friend int, next plan) (any, error)
}

type loaded struct {
	ctx    context.Context
	store  *store
	tenant string
	*loaders
}

func (l loaded) user(id int, next plan) (any, error) {
	if id == 0 {
		return nil, nil
	}
	return thunk(l.ctx, l.userAhead(id, next))
}

func (l loaded) friends(key List, next plan) (any, error) {
	return thunk(l.ctx, l.friendsAhead(key, next))
}

func (l loaded) posts(key List, next plan) (any, error) {
	return thunk(l.ctx, l.postsAhead(key, next))
}

func (l loaded) comments(key List, next plan) (any, error) {
	return thunk(l.ctx, l.commentsAhead(key, next))
}

func (l loaded) usersAfter(page List, next plan) (any, error) {
	return thunk(l.ctx, l.pageAhead(page, next))
}

func (l loaded) feed(first int, next plan) (any, error) {
	return thunk(l.ctx, l.feedAhead(first, next))
}

// setBestFriend writes at once, in the resolver: graphql-go calls the resolvers of a mutation one after another, in order,
// but their thunks only when all have been called. Then the cache forgets the old row and is given the new one.
func (l loaded) setBestFriend(user, friend int, next plan) (any, error) {
	u, err := l.store.SetBestFriend(l.ctx, l.tenant, user, friend)
	if err != nil {
		return nil, err
	}
	l.users.Clear(user).Prime(user, u)
	return l.user(user, next)
}

func (l loaded) addFriend(user, friend int, next plan) (any, error) {
	if err := l.store.AddFriend(l.ctx, l.tenant, user, friend); err != nil {
		return nil, err
	}
	l.forgetFriends(user)
	l.forgetFriends(friend)
	return l.user(user, next)
}

// thunk is the whole of the plug: graphql-go calls it, and Await drives the loop until the promise is settled. A row that
// is not there is null.
func thunk[T any](ctx context.Context, p *promise.Promise[T]) (any, error) {
	return func() (any, error) {
		v, err := p.Await(ctx)
		switch {
		case errors.Is(err, dataloader.ErrNotFound):
			return nil, nil
		case err != nil:
			return nil, visible(err)
		}
		return v, nil
	}, nil
}
