package testserver

import (
	"context"
	"slices"
	"sync"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver/model"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// Log has the keys of each batch, sorted, in the order of the batches.
type Log struct {
	// Before, if not nil, is called before each batch is answered, with the ctx that the batch has.
	Before func(ctx context.Context)

	mu      sync.Mutex
	batches [][]int
}

// fetch answers a batch. Nobody has a negative id.
func (l *Log) fetch(ctx context.Context, ids []int) map[int]*model.User {
	l.mu.Lock()
	l.batches = append(l.batches, slices.Sorted(slices.Values(ids)))
	l.mu.Unlock()
	if l.Before != nil {
		l.Before(ctx)
	}
	found := map[int]*model.User{}
	for _, id := range ids {
		if id > 0 {
			found[id] = &model.User{ID: id, Name: "somebody"}
		}
	}
	return found
}

// Batches returns what was logged so far.
func (l *Log) Batches() [][]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.batches)
}

// source is what resolvers load from.
type source interface {
	Get(ctx context.Context, id int) (*model.User, error)
	GetMany(ctx context.Context, ids []int) ([]*model.User, error)
	Renew(ctx context.Context, id int) (*model.User, error) // Get, past the cache
}

type sourceKey struct{}

func withSource(ctx context.Context, s source) context.Context {
	ctx = context.WithValue(ctx, sourceKey{}, s)
	return model.WithBossOf(ctx, func(ctx context.Context, u *model.User) (*model.User, error) { return load(ctx, u.ID+1000) })
}

func sourceOf(ctx context.Context) source { return ctx.Value(sourceKey{}).(source) }

func load(ctx context.Context, id int) (*model.User, error) { return sourceOf(ctx).Get(ctx, id) }

// Load is what an interceptor may call, as resolvers do.
func Load(ctx context.Context, id int) (*model.User, error) { return load(ctx, id) }

const loaderName = "users"

// Loaders makes the one loader there is, whose batches are logged.
func (l *Log) Loaders(ctx context.Context, s *scheduler.Scheduler) context.Context {
	return withSource(ctx, loader{dataloader.NewMapped(s, func(ctx context.Context, ids []int) (map[int]*model.User, error) {
		return l.fetch(ctx, ids), nil
	}, dataloader.WithName(loaderName))})
}

type loader struct {
	users *dataloader.Loader[int, *model.User]
}

func (l loader) Get(ctx context.Context, id int) (*model.User, error) {
	return dataloader.Get(ctx, l.users, id)
}

func (l loader) GetMany(ctx context.Context, ids []int) ([]*model.User, error) {
	return dataloader.GetMany(ctx, l.users, ids)
}

func (l loader) Renew(ctx context.Context, id int) (*model.User, error) {
	return promise.Call(ctx, func() *promise.Promise[*model.User] { return l.users.Clear(id).Load(id) })
}
