package bench

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	gophers "github.com/graph-gophers/dataloader/v7"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// What one request does: it makes three loaders, loads 20 keys from them in turn, and waits for all.
const (
	loadersPerRequest = 3
	loadsPerRequest   = 20
)

// request does one request on source and returns the sum of what it loaded.
type request func(source *source) int

// requests is row K: n requests one after the other, each with a scheduler and loaders of its own.
func requests() Workload {
	return Workload{
		Row: "K", Title: "10 000 schedulers one after another, 3 loaders and 20 loads each", Unit: "request", N: 10_000,
		Want: wantRequests, Contenders: requestContenders(oneAfterAnother),
	}
}

// parallelRequests is row L: the same, by as many goroutines as there are processors. Its time is that on the wall, so it is
// less than row K's where processors do not get in each other's way.
func parallelRequests() Workload {
	return Workload{
		Row: "L", Title: "the same on all cores", Unit: "request", N: 10_000,
		Want: wantRequests, Contenders: requestContenders(onAllCores),
	}
}

func wantRequests(n int) Answer {
	return Answer{Sum: n * sumTo(loadsPerRequest), Batches: n * loadersPerRequest}
}

func requestContenders(run func(n int, one request) func() Answer) []Contender {
	return []Contender{
		{Name: Floor, Prepare: func(n int) func() Answer { return run(n, requestFloor) }},
		{Name: Batchtick, Prepare: func(n int) func() Answer {
			return run(n, func(source *source) int { return requestBatchtick(source) })
		}},
		{Name: BatchtickInline, Prepare: func(n int) func() Answer {
			return run(n, func(source *source) int { return requestBatchtick(source, dataloader.WithInline()) })
		}},
		{Name: "graph-gophers", Prepare: func(n int) func() Answer { return run(n, requestGophers) }},
	}
}

func oneAfterAnother(n int, one request) func() Answer {
	source := newSource(loadsPerRequest)
	return func() Answer {
		sum := 0
		for range n {
			sum += one(source)
		}
		return Answer{sum, source.counted()}
	}
}

// onAllCores gives each goroutine a source, so that what they share is what the contenders share.
func onAllCores(n int, one request) func() Answer {
	workers := runtime.GOMAXPROCS(0)
	sources := make([]*source, workers)
	for i := range sources {
		sources[i] = newSource(loadsPerRequest)
	}
	return func() Answer {
		var sum atomic.Int64
		var working sync.WaitGroup
		for i, source := range sources {
			share := n*(i+1)/workers - n*i/workers
			working.Go(func() {
				own := 0
				for range share {
					own += one(source)
				}
				sum.Add(int64(own))
			})
		}
		working.Wait()
		answer := Answer{Sum: int(sum.Load())}
		for _, source := range sources {
			answer.Batches += source.counted()
		}
		return answer
	}
}

func requestFloor(source *source) int {
	sum := 0
	add := func(u User) { sum += u.ID }
	var loaders [loadersPerRequest]*floorLoader
	for i := range loaders {
		loaders[i] = newFloorLoader(source)
	}
	for i := range loadsPerRequest {
		loaders[i%loadersPerRequest].load(i, add)
	}
	for _, users := range loaders {
		users.dispatch()
	}
	return sum
}

func requestBatchtick(source *source, opts ...dataloader.Option) int {
	loop := scheduler.New()
	var loaders [loadersPerRequest]*dataloader.Loader[int, User]
	for i := range loaders {
		loaders[i] = dataloader.New(loop, source.fetch, opts...)
	}
	var loaded [loadsPerRequest]*promise.Promise[User]
	for i := range loaded {
		loaded[i] = loaders[i%loadersPerRequest].Load(i)
	}
	mustWork(loop.Run(context.Background()))
	return sumOf(loaded[:])
}

// requestGophers sets each capacity to the number of keys that its loader will get: no timer decides. Whoever does not know
// that number waits for the clock, 16 ms a request.
func requestGophers(source *source) int {
	ctx := context.Background()
	var loaders [loadersPerRequest]*gophers.Loader[int, User]
	for i := range loaders {
		keys := (loadsPerRequest - i + loadersPerRequest - 1) / loadersPerRequest
		loaders[i] = gophers.NewBatchedLoader(source.fetchPointers, byCount(keys)...)
	}
	var loaded [loadsPerRequest]gophers.Thunk[User]
	for i := range loaded {
		loaded[i] = loaders[i%loadersPerRequest].Load(ctx, i)
	}
	return sumOfThunks(loaded[:])
}
