// The source of the users: twenty people in memory, since what matters here is how often it is asked.
package main

// User is one person.
type User struct {
	ID         int
	Name       string
	BestFriend int
}

var people = []User{
	{1, "Ada", 12},
	{2, "Bruno", 15},
	{3, "Chidi", 12},
	{4, "Dana", 17},
	{5, "Elif", 20},
	{6, "Farah", 19},
	{7, "Gita", 16},
	{8, "Hugo", 13},
	{9, "Ines", 20},
	{10, "Jonas", 18},
	{11, "Kofi", 4},
	{12, "Leila", 1},
	{13, "Mei", 8},
	{14, "Nils", 6},
	{15, "Omar", 2},
	{16, "Priya", 7},
	{17, "Rosa", 9},
	{18, "Sami", 10},
	{19, "Tariq", 5},
	{20, "Uma", 9},
}

// fetch finds many users at once. Whoever does not exist is not in the map.
func fetch(ids []int) map[int]User {
	found := make(map[int]User, len(ids))
	for _, id := range ids {
		if 1 <= id && id <= len(people) {
			found[id] = people[id-1]
		}
	}
	return found
}
