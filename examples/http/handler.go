// The handler builds promises for everything that was asked and drives the request's loop with one Await, on the
// goroutine that net/http gave it. The request's context ends when the client goes away: then Await returns, and
// the context of every batch function in flight ends too.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
)

// Person is a user in an answer.
type Person struct {
	ID         int    `json:"id"`
	Name       string `json:"name"`
	BestFriend string `json:"bestFriend"`
}

// Answer tells what it cost, from the loader's own counters.
type Answer struct {
	People  []Person `json:"people"`
	Batches uint64   `json:"batches"`
}

func newHandler(fetch fetchUsers) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /best-friends", bestFriends)
	return withLoaders(fetch, mux)
}

func bestFriends(w http.ResponseWriter, r *http.Request) {
	ids, err := idsOf(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	ctx := r.Context()
	users := requestLoaders(ctx).users
	found, err := promise.MapAll(requestLoop(ctx), ids, 0, func(id int) *promise.Promise[Person] {
		return bestFriend(users, id)
	}).Await(ctx)
	switch {
	case ctx.Err() != nil:
		return // nobody is listening any more
	case errors.Is(err, dataloader.ErrNotFound):
		http.Error(w, err.Error(), http.StatusNotFound)
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadGateway)
	default:
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(Answer{found, users.Stats().Batches}) // an error here means that the client left
	}
}

func bestFriend(users *dataloader.Loader[int, User], id int) *promise.Promise[Person] {
	return promise.Then(users.Load(id), func(user User) *promise.Promise[Person] {
		return promise.Map(users.Load(user.BestFriend), func(best User) (Person, error) {
			return Person{user.ID, user.Name, best.Name}, nil
		})
	})
}

func idsOf(r *http.Request) ([]int, error) {
	var ids []int
	for _, s := range r.URL.Query()["id"] {
		id, err := strconv.Atoi(s)
		if err != nil {
			return nil, fmt.Errorf("id=%q is not a number", s)
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, errors.New("whose? ask for /best-friends?id=1&id=2")
	}
	return ids, nil
}
