package bench

import (
	"context"

	"github.com/samber/mo"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// thenChain is row G: a chain of n steps, each of which returns a promise that is fulfilled already. Each step has a closure
// of its own, in every language.
func thenChain() Workload {
	return Workload{
		Row: "G", Title: "a chain of 1 000 Then that return promises", Unit: "hop", N: 1_000,
		Want: func(n int) Answer { return Answer{Sum: sumTo(n)} },
		Contenders: []Contender{
			{Name: Floor, Prepare: chainFloor}, // by hand, a value is a value: there is nothing to wrap it in
			{Name: Batchtick, Prepare: thenChainBatchtick},
			{Name: "mo", Prepare: thenChainMo},
		},
	}
}

func thenChainBatchtick(n int) func() Answer {
	ctx := context.Background()
	return func() Answer {
		loop := scheduler.New()
		p := promise.Resolve(loop, 0)
		for i := range n {
			p = promise.Then(p, func(v int) *promise.Promise[int] { return promise.Resolve(loop, v+i) })
		}
		sum, err := p.Await(ctx)
		mustWork(err)
		return Answer{Sum: sum}
	}
}

// thenChainMo waits inside the callback, since the callback of mo's Then can't return a future.
func thenChainMo(n int) func() Answer {
	return func() Answer {
		built := make(chan struct{})
		f := mo.NewFuture(func(resolve func(int), _ func(error)) {
			<-built
			resolve(0)
		})
		for i := range n {
			f = f.Then(func(v int) (int, error) {
				return mo.NewFuture(func(resolve func(int), _ func(error)) { resolve(v + i) }).Collect()
			})
		}
		close(built)
		sum, err := f.Collect()
		mustWork(err)
		return Answer{Sum: sum}
	}
}
