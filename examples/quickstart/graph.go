// The input: a few hundred people, their best friends and their friends, so that the loaders work on real data.
package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:generate go run ./generate users.json

//go:embed users.json
var usersJSON []byte

const (
	fewestUsers  = 12 // the smallest beginning of the file that is a whole graph, see generate
	firstFriends = 5  // how many friends the second question asks for
)

// User is one person of the graph. Friends starts with the oldest friendship.
type User struct {
	ID         int    `json:"id"`
	Name       string `json:"name"`
	BestFriend int    `json:"bestFriend"`
	Friends    []int  `json:"friends"`
}

// Graph holds its users by id: number 1 is the first.
type Graph []User

// allUsers reads the graph that is shipped.
func allUsers() (Graph, error) {
	var g Graph
	if err := json.Unmarshal(usersJSON, &g); err != nil {
		return nil, fmt.Errorf("users.json: %w", err)
	}
	for i, u := range g {
		if u.ID != i+1 || !u.whole() {
			return nil, fmt.Errorf("users.json, line %d: not a whole user, run: go generate ./examples/quickstart", i+1)
		}
	}
	return g, nil
}

// whole reports what firstUsers and the questions rely on: the best friend and enough friends are among those who
// were there before, so that every beginning of the graph is a graph.
func (u User) whole() bool {
	there := func(id int) bool { return 1 <= id && id <= max(fewestUsers, u.ID) && id != u.ID }
	enough := 0
	for _, id := range u.Friends {
		if there(id) {
			enough++
		}
	}
	return there(u.BestFriend) && enough >= firstFriends
}

// firstUsers is the graph of the first n people alone: friendships with the others are left out.
func (g Graph) firstUsers(n int) Graph {
	part := make(Graph, n)
	for i, u := range g[:n] {
		part[i] = User{ID: u.ID, Name: u.Name, BestFriend: u.BestFriend}
		for _, id := range u.Friends {
			if id <= n {
				part[i].Friends = append(part[i].Friends, id)
			}
		}
	}
	return part
}
