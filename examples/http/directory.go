// The backend: a handful of people behind a slow network, so that there is something to batch and to cancel.
package main

import (
	"context"
	"log"
	"time"
)

// User is one person of the directory.
type User struct {
	ID         int
	Name       string
	BestFriend int
}

var people = map[int]User{
	1: {1, "Ada", 3},
	2: {2, "Bruno", 4},
	3: {3, "Chidi", 1},
	4: {4, "Dana", 3},
	5: {5, "Elif", 2},
}

// Directory answers after its latency, and writes to its log what it was asked for.
type Directory struct {
	Latency time.Duration
	Log     *log.Logger
}

// Users finds many users in one request. Whoever does not exist is not in the map. It gives up when ctx ends,
// which is when the client that asked has gone away.
func (d Directory) Users(ctx context.Context, ids []int) (map[int]User, error) {
	d.Log.Printf("directory: asked for %d", ids)
	select {
	case <-time.After(d.Latency):
	case <-ctx.Done():
		d.Log.Printf("directory: gave up on %d: %v", ids, context.Cause(ctx))
		return nil, context.Cause(ctx)
	}
	found := make(map[int]User, len(ids))
	for _, id := range ids {
		if user, ok := people[id]; ok {
			found[id] = user
		}
	}
	return found, nil
}
