// One scheduler and one set of loaders for each request: nothing that a loader caches can reach another client,
// and nothing needs a lock. Resolvers find both in the request's context.
package main

import (
	"context"
	"net/http"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/scheduler"
)

// fetchUsers is the batch function's type: NewMapped takes results by key, and a key without one is ErrNotFound.
type fetchUsers func(ctx context.Context, ids []int) (map[int]User, error)

// loaders has a field for each kind of thing that the service loads.
type loaders struct {
	users *dataloader.Loader[int, User]
}

type loadersKey struct{}

// withLoaders gives each request its own, and ends them with it: what the handler did not wait for, say because one
// of its loads failed first, is cancelled and closed, so that nothing outlives the request.
func withLoaders(fetch fetchUsers, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		loop := scheduler.New()
		ctx, cancel := context.WithCancel(scheduler.NewContext(r.Context(), loop))
		defer func() {
			cancel()
			_ = loop.Close() // what is unhandled now, nobody waits for
		}()
		ctx = context.WithValue(ctx, loadersKey{}, &loaders{
			users: dataloader.NewMapped(loop, fetch, dataloader.WithName("users")),
		})
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// requestLoop and requestLoaders panic on a handler that withLoaders does not wrap: that is a bug in the routes.
func requestLoop(ctx context.Context) *scheduler.Scheduler {
	loop, ok := scheduler.FromContext(ctx)
	if !ok {
		panic("http example: no scheduler in the context, wrap the handler in withLoaders")
	}
	return loop
}

func requestLoaders(ctx context.Context) *loaders {
	return ctx.Value(loadersKey{}).(*loaders)
}
