// The backend that both ways of asking share. It stands for a remote document store with a multi-get (Redis MGET,
// DynamoDB BatchGetItem): one request may ask for many records, and costs one round trip however many they are.
package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Key names a record: user:7 is a person, friends:7 the list of that person's friends.
type Key struct {
	Kind string
	ID   int
}

func userKey(id int) Key    { return Key{"user", id} }
func friendsKey(id int) Key { return Key{"friends", id} }

func (k Key) String() string { return fmt.Sprintf("%s:%d", k.Kind, k.ID) }

// Record is what a key stands for: a user record has the first two fields, a friends record the last.
type Record struct {
	Name       string
	BestFriend int
	Friends    []int
}

// Store counts: every call of Get is one round trip, remembered with its keys.
type Store struct {
	records map[Key]Record
	latency time.Duration

	mu    sync.Mutex // a loader calls Get from a goroutine of its own
	trips [][]Key
}

func newStore(g Graph, latency time.Duration) *Store {
	records := make(map[Key]Record, 2*len(g))
	for _, u := range g {
		records[userKey(u.ID)] = Record{Name: u.Name, BestFriend: u.BestFriend}
		records[friendsKey(u.ID)] = Record{Friends: u.Friends}
	}
	return &Store{records: records, latency: latency}
}

// Get makes one round trip and returns a record for each key, in the order of the keys.
func (s *Store) Get(ctx context.Context, keys []Key) ([]Record, error) {
	s.mu.Lock()
	s.trips = append(s.trips, slices.Clone(keys))
	s.mu.Unlock()

	if s.latency > 0 {
		select {
		case <-time.After(s.latency):
		case <-ctx.Done():
		}
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}

	records := make([]Record, len(keys))
	for i, key := range keys {
		record, ok := s.records[key]
		if !ok {
			return nil, fmt.Errorf("the store has no %v", key)
		}
		records[i] = record
	}
	return records, nil
}

// RoundTrips returns the keys of each round trip so far.
func (s *Store) RoundTrips() [][]Key {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.trips)
}
