namespace Toe.Linux;

/// <summary>Takes completions on the thread of a <see cref="CompletionThread"/>, beside what it takes itself.</summary>
internal interface ICompletionOwner
{
    /// <summary>True while it is in the thread's list of those to be looked at again.</summary>
    bool IsInDoubt { get; set; }

    /// <summary>Takes what there is.</summary>
    /// <param name="isTold">True when the device told of completions, and will not again before it is asked.</param>
    void TakeCompletions(bool isTold);

    /// <summary>Something to do though nothing was completed. Called now and then after <see cref="CompletionThread.Linger"/>, until it answers false.</summary>
    bool IsLingering();
}
