package dataloader_test

import (
	"context"
	"fmt"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// One key that fails is no reason to fail the others.
func ExampleErrors() {
	ctx := context.Background()
	loop := scheduler.New()
	squareRoots := dataloader.New(loop, func(_ context.Context, keys []int) ([]int, error) {
		roots, errs := make([]int, len(keys)), make(dataloader.Errors, len(keys))
		for i, k := range keys {
			if k < 0 {
				errs[i] = fmt.Errorf("%d has no square root", k)
				continue
			}
			for roots[i]*roots[i] < k {
				roots[i]++
			}
		}
		return roots, errs
	})

	results, _ := squareRoots.LoadSettled([]int{49, -1, 81}).Await(ctx)

	for _, r := range results {
		fmt.Println(r.Value, r.Err)
	}
	// Output:
	// 7 <nil>
	// 0 -1 has no square root
	// 9 <nil>
}

func ExampleWithMaxBatchSize() {
	ctx := context.Background()
	loop := scheduler.New()
	// Inline, so that the two fetches print one after the other; in goroutines they would run at the same time.
	users := dataloader.New(loop, fetchUsers, dataloader.WithMaxBatchSize(2), dataloader.WithInline())

	_, _ = users.LoadMany([]int{1, 2, 3}).Await(ctx)
	// Output:
	// fetch [1 2]
	// fetch [3]
}

// newestUser is a cache that keeps one entry only. Real ones bound the memory of a large request, or count their hits.
type newestUser struct {
	id int
	p  *promise.Promise[user]
}

func (c *newestUser) Get(id int) (*promise.Promise[user], bool) { return c.p, c.p != nil && c.id == id }
func (c *newestUser) Set(id int, p *promise.Promise[user])      { c.id, c.p = id, p }
func (c *newestUser) Clear()                                    { c.p = nil }
func (c *newestUser) Delete(id int) {
	if c.id == id {
		c.p = nil
	}
}

func ExampleWithCache() {
	ctx := context.Background()
	loop := scheduler.New()
	users := dataloader.New(loop, fetchUsers, dataloader.WithCache(&newestUser{}))

	for _, id := range []int{1, 1, 2, 1} {
		_, _ = users.Load(id).Await(ctx)
	}
	// Output:
	// fetch [1]
	// fetch [2]
	// fetch [1]
}
