// The ways to data: batchtick's loaders on the scheduler that the extension makes, those of graph-gophers/dataloader with
// their timer, and none. Each is a graph.Reader, made for one request.
package main

import (
	"context"
	"errors"
	"time"

	gophers "github.com/graph-gophers/dataloader/v7"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/examples/gqlgen/graph"
	"github.com/batchtick/batchtick/examples/gqlgen/store"
	"github.com/batchtick/batchtick/scheduler"
)

// ticking is batchtick.
type ticking struct {
	users    *dataloader.Loader[int, store.User]
	friends  *dataloader.Loader[store.List, []store.User]
	posts    *dataloader.Loader[store.List, []store.Post]
	comments *dataloader.Loader[store.List, []store.Comment]
}

// newTicking is the whole of the plug: gqlgenloader.Extension.Loaders.
func newTicking(s *store.Store) func(context.Context, *scheduler.Scheduler) context.Context {
	return func(ctx context.Context, loop *scheduler.Scheduler) context.Context {
		return graph.WithReader(ctx, ticking{
			users:    dataloader.NewMapped(loop, s.Users, dataloader.WithName("users")),
			friends:  dataloader.NewMapped(loop, s.Friends, dataloader.WithName("friends")),
			posts:    dataloader.NewMapped(loop, s.Posts, dataloader.WithName("posts")),
			comments: dataloader.NewMapped(loop, s.Comments, dataloader.WithName("comments")),
		})
	}
}

func (t ticking) User(ctx context.Context, id int) (*store.User, error) {
	if id == 0 {
		return nil, nil
	}
	u, err := dataloader.Get(ctx, t.users, id)
	if errors.Is(err, dataloader.ErrNotFound) {
		return nil, nil
	}
	return &u, err
}

func (t ticking) Friends(ctx context.Context, key store.List) ([]store.User, error) {
	return dataloader.Get(ctx, t.friends, key)
}

func (t ticking) Posts(ctx context.Context, key store.List) ([]store.Post, error) {
	return dataloader.Get(ctx, t.posts, key)
}

func (t ticking) Comments(ctx context.Context, key store.List) ([]store.Comment, error) {
	return dataloader.Get(ctx, t.comments, key)
}

// timed is graph-gophers/dataloader.
type timed struct {
	users    *gophers.Loader[int, *store.User]
	friends  *gophers.Loader[store.List, []store.User]
	posts    *gophers.Loader[store.List, []store.Post]
	comments *gophers.Loader[store.List, []store.Comment]
}

func newTimed(s *store.Store, wait time.Duration) timed {
	return timed{
		users: waiting(wait, func(ctx context.Context, ids []int) (map[int]*store.User, error) {
			rows, err := s.Users(ctx, ids)
			found := make(map[int]*store.User, len(rows))
			for id, u := range rows {
				found[id] = &u
			}
			return found, err
		}),
		friends:  waiting(wait, s.Friends),
		posts:    waiting(wait, s.Posts),
		comments: waiting(wait, s.Comments),
	}
}

// waiting makes a loader whose batches go out after wait. A key that is not found has the zero value.
func waiting[K comparable, V any](
	wait time.Duration, fetch func(context.Context, []K) (map[K]V, error),
) *gophers.Loader[K, V] {
	return gophers.NewBatchedLoader(func(ctx context.Context, keys []K) []*gophers.Result[V] {
		found, err := fetch(ctx, keys)
		results := make([]*gophers.Result[V], len(keys))
		for i, key := range keys {
			results[i] = &gophers.Result[V]{Data: found[key], Error: err}
		}
		return results
	}, gophers.WithWait[K, V](wait))
}

func (t timed) User(ctx context.Context, id int) (*store.User, error) {
	if id == 0 {
		return nil, nil
	}
	return t.users.Load(ctx, id)()
}

func (t timed) Friends(ctx context.Context, key store.List) ([]store.User, error) {
	return t.friends.Load(ctx, key)()
}

func (t timed) Posts(ctx context.Context, key store.List) ([]store.Post, error) {
	return t.posts.Load(ctx, key)()
}

func (t timed) Comments(ctx context.Context, key store.List) ([]store.Comment, error) {
	return t.comments.Load(ctx, key)()
}
