package bench

import (
	"context"

	gophers "github.com/graph-gophers/dataloader/v7"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/scheduler"
)

// oneLoad is row A: everything from nothing to the value of one key, as the shortest of requests needs it.
func oneLoad() Workload {
	return Workload{
		Row: "A", Title: "one load, from New to the value", Unit: "load", N: 1,
		Want: func(int) Answer { return Answer{Sum: 1, Batches: 1} },
		Contenders: []Contender{
			{Name: Floor, Prepare: oneLoadFloor},
			{Name: Batchtick, Prepare: func(n int) func() Answer { return oneLoadBatchtick(n) }},
			{Name: BatchtickInline, Prepare: func(n int) func() Answer {
				return oneLoadBatchtick(n, dataloader.WithInline())
			}},
			{Name: "graph-gophers", Prepare: func(n int) func() Answer {
				return oneLoadGophers(n, byCount(1)...)
			}},
			{Name: "graph-gophers-default-wait", ByTimer: true, Prepare: func(n int) func() Answer {
				return oneLoadGophers(n)
			}},
		},
	}
}

// oneLoadFloor makes its maps and slices anew, as the others make theirs.
func oneLoadFloor(n int) func() Answer {
	source := newSource(n)
	return func() Answer {
		sum := 0
		users := newFloorLoader(source)
		users.load(1, func(u User) { sum += u.ID })
		users.dispatch()
		return Answer{sum, source.counted()}
	}
}

func oneLoadBatchtick(n int, opts ...dataloader.Option) func() Answer {
	ctx := context.Background()
	source := newSource(n)
	return func() Answer {
		user, err := dataloader.New(scheduler.New(), source.fetch, opts...).Load(1).Await(ctx)
		mustWork(err)
		return Answer{user.ID, source.counted()}
	}
}

func oneLoadGophers(n int, opts ...gophers.Option[int, User]) func() Answer {
	ctx := context.Background()
	source := newSource(n)
	return func() Answer {
		user, err := gophers.NewBatchedLoader(source.fetchPointers, opts...).Load(ctx, 1)()
		mustWork(err)
		return Answer{user.ID, source.counted()}
	}
}

// mustWork panics, since a contender that fails measures nothing.
func mustWork(err error) {
	if err != nil {
		panic(err)
	}
}
