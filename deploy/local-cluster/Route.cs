namespace Terse.Cluster;

/// <summary>Under which loopback port one process is told to reach another: its own, or that of something in between which breaks the way.</summary>
/// <param name="from">Who is told: a role of the program, or "gateway"; "*" where all are told the same.</param>
/// <param name="to">Whom it reaches: a node by its name, or an engine by its kind.</param>
/// <param name="port">Where that one listens.</param>
internal delegate int Route(string from, string to, int port);
