package trace_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/trace"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// request is a scheduler that is recorded. Under synctest its times are exact.
type request struct {
	t    *testing.T
	rec  *trace.Recorder
	loop *scheduler.Scheduler
}

func newRequest(t *testing.T, opts ...trace.Option) *request {
	rec := trace.New(opts...)
	return &request{t, rec, scheduler.New(scheduler.WithObserver(rec), scheduler.WithPolicy(scheduler.Lockstep))}
}

// loader makes a loader that answers with the keys after d.
func (r *request) loader(name string, d time.Duration, opts ...dataloader.Option) *dataloader.Loader[int, int] {
	return dataloader.New(r.loop, echo[int](d), append(opts, dataloader.WithName(name))...)
}

func echo[K any](d time.Duration) dataloader.BatchFunc[K, K] {
	return func(ctx context.Context, keys []K) ([]K, error) {
		if d == 0 { // hundreds of timers of no time in a bubble are too much for the race detector of Go 1.26
			return keys, context.Cause(ctx)
		}
		select {
		case <-time.After(d):
			return keys, nil
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func (r *request) run() {
	r.t.Helper()
	require.NoError(r.t, r.loop.Run(r.t.Context()))
}

func bubble(t *testing.T, f func(*testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

// blog is a request like many: authors of posts, and a search that fails.
func blog(t *testing.T, opts ...trace.Option) *trace.Recorder {
	r := newRequest(t, opts...)
	const ms = time.Millisecond
	posts, users := r.loader("posts", 4*ms), r.loader("users", 8*ms)
	tags := r.loader("tags", 3*ms, dataloader.WithMaxBatchSize(3), dataloader.WithMaxConcurrency(1))
	search := dataloader.New(r.loop, func(context.Context, []string) ([]int, error) {
		time.Sleep(2 * ms)
		return nil, errSearch
	}, dataloader.WithName("search"))
	promise.MapAll(r.loop, []int{1, 2, 3, 4, 5}, 0, func(id int) *promise.Promise[int] {
		return posts.Load(id).Then(func(post int) *promise.Promise[int] {
			return promise.Then(users.Load(10+post/2), func(int) *promise.Promise[int] { return tags.Load(100 + post) })
		})
	})
	search.LoadSettled([]string{"what is new"})
	r.run()
	return r.rec
}

type searchError struct{}

func (searchError) Error() string { return `no index for "what is new"` }

var errSearch error = searchError{}
