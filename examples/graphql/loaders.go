// The loaders of one request. Their batch functions are the store's, bound to the tenant whose request it is.
package main

import (
	"context"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/scheduler"
)

type loaders struct {
	users    *dataloader.Loader[int, User]
	friends  *dataloader.Loader[List, []User]
	posts    *dataloader.Loader[List, []Post]
	comments *dataloader.Loader[List, []Comment]
	pages    *dataloader.Loader[List, []User]
	feeds    *dataloader.Loader[int, []Post]
}

func newLoaders(loop *scheduler.Scheduler, s *store, tenant string) *loaders {
	return &loaders{
		users:    batched(loop, "users", tenant, s.Users),
		friends:  batched(loop, "friends", tenant, s.Friends),
		posts:    batched(loop, "posts", tenant, s.Posts),
		comments: batched(loop, "comments", tenant, s.Comments),
		pages:    single(loop, "pages", tenant, s.UsersAfter),
		feeds:    single(loop, "feed", tenant, s.Feed),
	}
}

// batched makes a loader of a batch function.
func batched[K comparable, V any](
	loop *scheduler.Scheduler, name, tenant string, fetch func(context.Context, string, []K) (map[K]V, error),
) *dataloader.Loader[K, V] {
	return dataloader.NewMapped(loop, func(ctx context.Context, keys []K) (map[K]V, error) {
		return fetch(ctx, tenant, keys)
	}, dataloader.WithName(name))
}

// single makes a loader of a query for one key. Pages of the whole table have nothing to share but the cache: each is a
// statement of its own.
func single[K comparable, V any](
	loop *scheduler.Scheduler, name, tenant string, fetch func(context.Context, string, K) (V, error),
) *dataloader.Loader[K, V] {
	return dataloader.New(loop, func(ctx context.Context, keys []K) ([]V, error) {
		v, err := fetch(ctx, tenant, keys[0])
		return []V{v}, err
	}, dataloader.WithName(name), dataloader.WithoutBatching())
}

func (l *loaders) stats() map[string]dataloader.Stats {
	return map[string]dataloader.Stats{
		"users": l.users.Stats(), "friends": l.friends.Stats(), "posts": l.posts.Stats(),
		"comments": l.comments.Stats(), "pages": l.pages.Stats(), "feed": l.feeds.Stats(),
	}
}

// forgetFriends clears every list of the user's friends: the key has the length of the list in it.
func (l *loaders) forgetFriends(user int) {
	for first := range maxFirst + 1 {
		l.friends.Clear(List{user, first})
	}
}
