namespace Toe.Policy;

/// <summary>The machine operator's word, which stands above the program's and can only narrow it.</summary>
internal interface IOperatorPolicy
{
    /// <summary>Raised after <see cref="Current"/> changed, on a thread-pool thread.</summary>
    event Action? Changed;

    /// <summary>What holds now.</summary>
    OperatorRules Current { get; }
}
