package bench

import (
	"context"
	"sync/atomic"
	"time"

	gophers "github.com/graph-gophers/dataloader/v7"
)

// User is what every loader here loads.
type User struct{ ID, BestFriend int }

// source is where the users are: in memory, so that what is timed is the way there. Everybody has the same one.
type source struct {
	users   []User
	batches atomic.Int64 // called from goroutines of the loaders; one addition a batch, for everybody
}

// newSource has users 0 to 2n-1. The best friend of i is i+n, so the friends of the first n are asked for in a batch of
// their own.
func newSource(n int) *source {
	users := make([]User, 2*n)
	for i := range users {
		users[i] = User{ID: i, BestFriend: (i + n) % (2 * n)}
	}
	return &source{users: users}
}

// fetch is the batch function of the floor and of batchtick.
func (s *source) fetch(_ context.Context, keys []int) ([]User, error) {
	s.batches.Add(1)
	values := make([]User, len(keys))
	for i, key := range keys {
		values[i] = s.users[key]
	}
	return values, nil
}

// fetchPointers is fetch as graph-gophers wants it, with two allocations and not one for each key.
func (s *source) fetchPointers(_ context.Context, keys []int) []*gophers.Result[User] {
	s.batches.Add(1)
	values := make([]gophers.Result[User], len(keys))
	results := make([]*gophers.Result[User], len(keys))
	for i, key := range keys {
		values[i].Data = s.users[key]
		results[i] = &values[i]
	}
	return results
}

// byCount has graph-gophers send a batch when it has that many keys, and never before: no timer decides.
func byCount(keys int) []gophers.Option[int, User] {
	return []gophers.Option[int, User]{
		gophers.WithBatchCapacity[int, User](keys),
		gophers.WithWait[int, User](time.Hour), // 16 ms, the default, is over before 100 000 keys have been asked for
	}
}

// counted returns the batches since the last call.
func (s *source) counted() int { return int(s.batches.Swap(0)) }
