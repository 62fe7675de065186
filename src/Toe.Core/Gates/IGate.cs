namespace Toe.Gates;

/// <summary>One question asked before offloading. Answers from cached status only: no I/O, no wait, safe for any thread.</summary>
internal interface IGate
{
    string Name { get; }

    GateAnswer Ask(GateQuestion question);
}
