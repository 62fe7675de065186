namespace Toe.Linux;

/// <summary>Takes completions, on the thread of its <see cref="CompletionThread"/> only.</summary>
internal interface ICompletionOwner
{
    /// <summary>Takes what there is, and asks to be told of more where that is due.</summary>
    /// <param name="isTold">True when it was told of completions, and will not be again before it has asked.</param>
    /// <returns>True when it has asked to be told.</returns>
    bool TakeCompletions(bool isTold);

    /// <summary>Something to do though nothing was completed. Called now and then after <see cref="CompletionThread.Linger"/>, until it answers false.</summary>
    bool IsLingering();
}
