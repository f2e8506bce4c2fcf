package bench

import (
	"context"
	"sync"

	gophers "github.com/graph-gophers/dataloader/v7"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// friends is row E: n users, then the best friend of each. Two batches of n, and 2n loads.
func friends() Workload {
	return Workload{
		Row: "E", Title: "1 000 users, then the best friend of each, as a chain", Unit: "user", N: 1_000,
		Want: wantFriends,
		Contenders: []Contender{
			{Name: Floor, Prepare: friendsFloor},
			{Name: Batchtick, Prepare: func(n int) func() Answer { return friendsBatchtick(n) }},
			{Name: BatchtickInline, Prepare: func(n int) func() Answer {
				return friendsBatchtick(n, dataloader.WithInline())
			}},
			{Name: "batchtick-group", Prepare: friendsGroup},
			{Name: "graph-gophers-staged", Prepare: func(n int) func() Answer {
				return friendsGophersStaged(n, byCount(n)...)
			}},
			{Name: "graph-gophers", Prepare: func(n int) func() Answer {
				return friendsGophers(n, byCount(n)...)
			}},
			{Name: "graph-gophers-default-wait", ByTimer: true, Prepare: func(n int) func() Answer {
				return friendsGophers(n)
			}},
		},
	}
}

// The friends of users 0 to n-1 are n to 2n-1.
func wantFriends(n int) Answer { return Answer{Sum: sumTo(2*n) - sumTo(n), Batches: 2} }

// friendsFloor knows that there are two rounds: the first callback loads again, and dispatch is called twice.
func friendsFloor(n int) func() Answer {
	source := newSource(n)
	return func() Answer {
		sum := 0
		users := newFloorLoader(source)
		add := func(u User) { sum += u.ID }
		bestFriend := func(u User) { users.load(u.BestFriend, add) }
		for id := range n {
			users.load(id, bestFriend)
		}
		users.dispatch()
		users.dispatch()
		return Answer{sum, source.counted()}
	}
}

func friendsBatchtick(n int, opts ...dataloader.Option) func() Answer {
	ctx := context.Background()
	source := newSource(n)
	return func() Answer {
		loop := scheduler.New()
		users := dataloader.New(loop, source.fetch, opts...)
		bestFriend := func(u User) *promise.Promise[User] { return users.Load(u.BestFriend) }
		loaded := make([]*promise.Promise[User], n)
		for id := range n {
			loaded[id] = promise.Then(users.Load(id), bestFriend)
		}
		mustWork(loop.Run(ctx))
		return Answer{sumOf(loaded), source.counted()}
	}
}

// friendsGroup is what friendsGophers is: one goroutine for each user, which blocks. The group knows when all are blocked.
func friendsGroup(n int) func() Answer {
	source := newSource(n)
	return func() Answer {
		loop := scheduler.New()
		users := dataloader.New(loop, source.fetch)
		ids := make([]int, n)
		chains := scheduler.NewGroup(scheduler.NewContext(context.Background(), loop))
		for id := range n {
			chains.Go(func(ctx context.Context) error {
				user, err := dataloader.Get(ctx, users, id)
				mustWork(err)
				friend, err := dataloader.Get(ctx, users, user.BestFriend)
				mustWork(err)
				ids[id] = friend.ID
				return nil
			})
		}
		mustWork(chains.Wait())
		sum := 0
		for _, id := range ids {
			sum += id
		}
		return Answer{sum, source.counted()}
	}
}

// friendsGophersStaged is no chain: somebody has to know the two rounds, as for the floor.
func friendsGophersStaged(n int, opts ...gophers.Option[int, User]) func() Answer {
	ctx := context.Background()
	source := newSource(n)
	return func() Answer {
		users := gophers.NewBatchedLoader(source.fetchPointers, opts...)
		loaded := make([]gophers.Thunk[User], n)
		for id := range n {
			loaded[id] = users.Load(ctx, id)
		}
		for i, thunk := range loaded {
			user, err := thunk()
			mustWork(err)
			loaded[i] = users.Load(ctx, user.BestFriend)
		}
		return Answer{sumOfThunks(loaded), source.counted()}
	}
}

// friendsGophers is the chain as it is written with a thunk that blocks: one goroutine for each user.
func friendsGophers(n int, opts ...gophers.Option[int, User]) func() Answer {
	ctx := context.Background()
	source := newSource(n)
	return func() Answer {
		users := gophers.NewBatchedLoader(source.fetchPointers, opts...)
		ids := make([]int, n)
		var chains sync.WaitGroup
		for id := range n {
			chains.Go(func() {
				user, err := users.Load(ctx, id)()
				mustWork(err)
				friend, err := users.Load(ctx, user.BestFriend)()
				mustWork(err)
				ids[id] = friend.ID
			})
		}
		chains.Wait()
		sum := 0
		for _, id := range ids {
			sum += id
		}
		return Answer{sum, source.counted()}
	}
}
