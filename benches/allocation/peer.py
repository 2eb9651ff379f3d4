"""OR-Tools and HiGHS on an instance: `peer.py ortools|highs FILE`. See src/network.rs for the file."""

import json
import sys
import time

import numpy


def read(path):
    numbers = numpy.fromfile(path, dtype="<i8")
    nodes, arcs, constant = (int(number) for number in numbers[:3])
    parts, at = [], 3
    for count in (nodes, arcs, arcs, arcs, arcs):
        parts.append(numbers[at : at + count])
        at += count
    return constant, *parts


def ortools(supply, tail, head, capacity, cost):
    from ortools.graph.python import min_cost_flow

    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(tail.astype("i4"), head.astype("i4"), capacity, cost)
    solver.set_nodes_supplies(numpy.arange(len(supply), dtype="i4"), supply)
    start = time.process_time()
    assert solver.solve() == solver.OPTIMAL
    return solver.optimal_cost(), time.process_time() - start


def highs(supply, tail, head, capacity, cost):
    import highspy

    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(cost), len(supply)
    model.col_cost_ = cost.astype(float)
    model.col_lower_, model.col_upper_ = numpy.zeros(len(cost)), capacity.astype(float)
    model.row_lower_ = model.row_upper_ = supply.astype(float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = numpy.arange(0, 2 * len(cost) + 1, 2)
    model.a_matrix_.index_ = numpy.stack([tail, head], axis=1).ravel()
    model.a_matrix_.value_ = numpy.tile([1.0, -1.0], len(cost))
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.passModel(model)
    start = time.process_time()
    solver.run()
    return round(solver.getInfo().objective_function_value), time.process_time() - start


constant, *instance = read(sys.argv[2])
name, solve = {"ortools": ("OR-Tools", ortools), "highs": ("HiGHS", highs)}[sys.argv[1]]
cost, took = solve(*instance)
print(json.dumps({"solver": name, "objective": cost + constant, "solve_s": round(took, 3)}))
