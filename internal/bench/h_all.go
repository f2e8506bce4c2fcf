package bench

import (
	"context"

	"github.com/samber/mo"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// all is row H: the values of n promises, in their order. The promises are fulfilled, and making them is not timed.
func all() Workload {
	return Workload{
		Row: "H", Title: "All of 1 000", Unit: "member", N: 1_000,
		Want: func(n int) Answer { return Answer{Sum: sumTo(n)} },
		Contenders: []Contender{
			{Name: Floor, Prepare: allFloor},
			{Name: Batchtick, Prepare: allBatchtick},
			{Name: "mo", Prepare: allMo},
		},
	}
}

// allFloor queues a callback for each member, which puts a value into its place and counts down: by hand, that is All.
// It does not ask whether a value has come, since they all have, and has no errors to look for.
func allFloor(n int) func() Answer {
	members := make([]int, n)
	for i := range members {
		members[i] = i
	}
	return func() Answer {
		all := &floorAll{values: make([]int, len(members)), left: len(members)}
		queue := make([]func(int), 0, len(members))
		for i := range members {
			queue = append(queue, func(v int) { all.put(i, v) })
		}
		for i, callback := range queue {
			callback(members[i])
		}
		return Answer{Sum: all.sum}
	}
}

type floorAll struct {
	values []int
	left   int
	sum    int // of the values, when all are there
}

func (a *floorAll) put(i, v int) {
	a.values[i] = v
	if a.left--; a.left == 0 {
		for _, v := range a.values {
			a.sum += v
		}
	}
}

func allBatchtick(n int) func() Answer {
	ctx := context.Background()
	loop := scheduler.New()
	members := make([]*promise.Promise[int], n)
	for i := range members {
		members[i] = promise.Resolve(loop, i)
	}
	return func() Answer {
		values, err := promise.All(loop, members...).Await(ctx)
		mustWork(err)
		sum := 0
		for _, v := range values {
			sum += v
		}
		return Answer{Sum: sum}
	}
}

// allMo collects one after the other, since mo has no All.
func allMo(n int) func() Answer {
	members := make([]*mo.Future[int], n)
	for i := range members {
		members[i] = mo.NewFuture(func(resolve func(int), _ func(error)) { resolve(i) })
	}
	for _, f := range members {
		_, err := f.Collect()
		mustWork(err)
	}
	return func() Answer {
		values := make([]int, len(members))
		for i, f := range members {
			v, err := f.Collect()
			mustWork(err)
			values[i] = v
		}
		sum := 0
		for _, v := range values {
			sum += v
		}
		return Answer{Sum: sum}
	}
}
