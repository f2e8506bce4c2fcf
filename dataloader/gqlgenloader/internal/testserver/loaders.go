package testserver

import (
	"context"
	"slices"
	"sync"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver/model"
	"github.com/batchtick/batchtick/scheduler"
)

// Log has the keys of each batch, sorted, in the order of the batches.
type Log struct {
	mu      sync.Mutex
	batches [][]int
}

func (l *Log) add(keys []int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.batches = append(l.batches, slices.Sorted(slices.Values(keys)))
}

// Batches returns what was logged so far.
func (l *Log) Batches() [][]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.batches)
}

type loaderKey struct{}

// Loaders makes the one loader there is, whose batches are logged.
func (l *Log) Loaders(ctx context.Context, s *scheduler.Scheduler) context.Context {
	users := dataloader.NewMapped(s, func(_ context.Context, ids []int) (map[int]*model.User, error) {
		l.add(ids)
		found := map[int]*model.User{}
		for _, id := range ids {
			if id > 0 {
				found[id] = &model.User{ID: id, Name: "somebody"}
			}
		}
		return found, nil
	})
	ctx = context.WithValue(ctx, loaderKey{}, users)
	return model.WithBossOf(ctx, func(ctx context.Context, u *model.User) (*model.User, error) { return load(ctx, u.ID+1000) })
}

func loader(ctx context.Context) *dataloader.Loader[int, *model.User] {
	return ctx.Value(loaderKey{}).(*dataloader.Loader[int, *model.User])
}

func load(ctx context.Context, id int) (*model.User, error) {
	return dataloader.Get(ctx, loader(ctx), id)
}
