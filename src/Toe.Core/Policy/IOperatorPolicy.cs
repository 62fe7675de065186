namespace Toe.Policy;

/// <summary>The machine operator's word, which stands above the program's and can only narrow it.</summary>
internal interface IOperatorPolicy
{
    /// <summary>Raised after <see cref="Current"/> changed, on a thread-pool thread.</summary>
    event Action? Changed;

    /// <summary>What is wrong with the operator's file; null when nothing is.</summary>
    string? Error { get; }

    /// <summary>What holds now.</summary>
    OperatorRules Current { get; }
}
