// Generate writes users.json, the social graph that the quickstart embeds. It is kept so that anybody can see
// where the data comes from and make it again, byte for byte: go generate ./examples/quickstart
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"slices"
)

const (
	people    = 300
	founders  = 12 // the people who were there first and know each other
	leastOwn  = 5  // friends that everybody finds among those who came before
	spreadOwn = 4  // and up to so many more
)

type user struct {
	ID         int    `json:"id"`
	Name       string `json:"name"`
	BestFriend int    `json:"bestFriend"`
	Friends    []int  `json:"friends"` // the oldest friendship first
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: generate FILE")
	}
	if err := os.WriteFile(os.Args[1], encode(generate()), 0o644); err != nil {
		log.Fatal(err)
	}
}

// generate lets people join one after another and befriend some of those who are already there. So the first n
// people of the file are a whole graph for any n from the founders up: nobody's best friend is missing, and
// everybody has at least five friends.
func generate() []user {
	rng := rand.New(rand.NewPCG(2026, 9))
	users := make([]user, people)
	for i, name := range names(rng) {
		users[i] = user{ID: i + 1, Name: name}
	}
	befriend := func(i, j int) {
		users[i].Friends = append(users[i].Friends, users[j].ID)
		users[j].Friends = append(users[j].Friends, users[i].ID)
	}
	for i := range users {
		room, want := i, leastOwn+rng.IntN(spreadOwn+1)
		if i < founders {
			room, want = founders, leastOwn
		}
		for len(users[i].Friends) < want {
			j := rng.IntN(room)
			if j != i && !slices.Contains(users[i].Friends, users[j].ID) {
				befriend(i, j)
			}
		}
		// Chosen now, before anybody who comes later is among the friends.
		users[i].BestFriend = users[i].Friends[rng.IntN(len(users[i].Friends))]
	}
	return users
}

// names pairs first and last names at random, no pair twice.
func names(rng *rand.Rand) []string {
	all := make([]string, 0, len(first)*len(last))
	for _, f := range first {
		for _, l := range last {
			all = append(all, f+" "+l)
		}
	}
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:people]
}

// encode writes one user a line, so that a change of the data reads well in a diff.
func encode(users []user) []byte {
	var out bytes.Buffer
	for i, u := range users {
		line, err := json.Marshal(u)
		if err != nil {
			log.Fatal(err) // ints and strings always marshal
		}
		open, end := " ", ",\n"
		if i == 0 {
			open = "["
		}
		if i == len(users)-1 {
			end = "]\n"
		}
		fmt.Fprint(&out, open, string(line), end)
	}
	return out.Bytes()
}

var first = []string{
	"Ada", "Aiko", "Amir", "Anouk", "Asha", "Bea", "Bruno", "Carla", "Chidi", "Dana", "Elif", "Emil", "Farah",
	"Gita", "Hugo", "Ines", "Ivan", "Jana", "Jonas", "Kofi", "Leila", "Liam", "Mads", "Maya", "Mei", "Nadia",
	"Nils", "Noor", "Olga", "Omar", "Pablo", "Priya", "Rosa", "Sami", "Sofia", "Tariq", "Uma", "Vera", "Yuki", "Zoe",
}

var last = []string{
	"Abadi", "Adeyemi", "Almeida", "Berg", "Bianchi", "Castro", "Chen", "Cohen", "Costa", "Dubois", "Eriksen",
	"Fischer", "Garcia", "Haddad", "Hansen", "Ito", "Jensen", "Kaya", "Khan", "Kim", "Kowalski", "Kumar", "Lind",
	"Mbeki", "Moreau", "Nakamura", "Novak", "Nowak", "Okafor", "Park", "Patel", "Petrov", "Rossi", "Sato", "Silva",
	"Suzuki", "Tanaka", "Tran", "Weber", "Yilmaz",
}
