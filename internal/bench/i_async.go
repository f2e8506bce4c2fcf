package bench

import (
	"context"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// async is row I: the work of row E in straight-line code, n functions that wait twice.
func async() Workload {
	return Workload{
		Row: "I", Title: "1 000 Async functions with two Awaits each", Unit: "function", N: 1_000,
		Want: wantFriends,
		Contenders: []Contender{
			{Name: Floor, Prepare: friendsFloor}, // by hand there is nothing to suspend
			{Name: Batchtick, Prepare: func(n int) func() Answer { return asyncBatchtick(n) }},
			{Name: BatchtickInline, Prepare: func(n int) func() Answer {
				return asyncBatchtick(n, dataloader.WithInline())
			}},
			{Name: "graph-gophers", Prepare: func(n int) func() Answer { // straight-line code is goroutines there
				return friendsGophers(n, byCount(n)...)
			}},
		},
	}
}

func asyncBatchtick(n int, opts ...dataloader.Option) func() Answer {
	ctx := context.Background()
	source := newSource(n)
	return func() Answer {
		loop := scheduler.New()
		users := dataloader.New(loop, source.fetch, opts...)
		loaded := make([]*promise.Promise[User], n)
		for id := range n {
			loaded[id] = promise.Async(loop, func(ctx context.Context) (User, error) {
				user, err := users.Load(id).Await(ctx)
				if err != nil {
					return User{}, err
				}
				return users.Load(user.BestFriend).Await(ctx)
			})
		}
		mustWork(loop.Run(ctx))
		return Answer{sumOf(loaded), source.counted()}
	}
}
