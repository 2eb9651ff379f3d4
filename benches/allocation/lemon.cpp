// LEMON's network simplex (and, asked for, its cost scaling) on an instance: `lemon FILE [scaling]`. See src/network.rs for the file.
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include <lemon/cost_scaling.h>
#include <lemon/network_simplex.h>
#include <lemon/static_graph.h>

using Graph = lemon::StaticDigraph;
using Number = std::int64_t;

static double cpu_s() { return double(std::clock()) / CLOCKS_PER_SEC; }

static std::vector<Number> next(std::FILE* file, size_t count) {
    std::vector<Number> numbers(count);
    if (std::fread(numbers.data(), sizeof(Number), count, file) != count) std::exit(1);
    return numbers;
}

template <class Solver>
static void solve(const char* name, Solver& solver, Number constant, double start) {
    if (solver.run() != Solver::OPTIMAL) std::exit(1);
    const Number cost = solver.template totalCost<Number>();
    std::printf("{\"solver\":\"%s\",\"objective\":%lld,\"solve_s\":%.3f}\n", name, (long long)(cost + constant), cpu_s() - start);
}

int main(int count, char** words) {
    std::FILE* file = std::fopen(words[1], "rb");
    if (!file) return 1;
    const auto head = next(file, 3);
    const size_t nodes = head[0], arcs = head[1];
    const auto supply = next(file, nodes), from = next(file, arcs), to = next(file, arcs);
    const auto capacity = next(file, arcs), cost = next(file, arcs);
    // Agents come in order and posts after them, so the arcs are sorted by their tails, as this graph wants them.
    std::vector<std::pair<int, int>> ends(arcs);
    for (size_t at = 0; at < arcs; ++at) ends[at] = {int(from[at]), int(to[at])};
    Graph graph;
    graph.build(int(nodes), ends.begin(), ends.end());
    Graph::ArcMap<Number> capacities(graph), costs(graph);
    Graph::NodeMap<Number> supplies(graph);
    for (size_t at = 0; at < arcs; ++at) {
        capacities[graph.arc(int(at))] = capacity[at];
        costs[graph.arc(int(at))] = cost[at];
    }
    for (size_t at = 0; at < nodes; ++at) supplies[graph.node(int(at))] = supply[at];
    const double start = cpu_s();
    if (count > 2) {
        lemon::CostScaling<Graph, Number, Number> solver(graph);
        solver.upperMap(capacities).costMap(costs).supplyMap(supplies);
        solve("LEMON cost scaling", solver, head[2], start);
    } else {
        lemon::NetworkSimplex<Graph, Number, Number> solver(graph);
        solver.upperMap(capacities).costMap(costs).supplyMap(supplies);
        solve("LEMON network simplex", solver, head[2], start);
    }
}
