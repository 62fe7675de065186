using Toe.Policy;

namespace Toe.Core.Tests.Policy;

/// <summary>An operator that a test speaks for.</summary>
internal sealed class OperatorBox : IOperatorPolicy
{
    public event Action? Changed;

    public string? Error => null;

    public OperatorRules Current { get; private set; } = OperatorRules.Silent;

    public void Say(OperatorRules rules)
    {
        Current = rules;
        Changed?.Invoke();
    }

    public void SayJson(string json) => Say(OperatorFile.Parse(System.Text.Encoding.UTF8.GetBytes(json), OperatorPlace.DefaultPath));
}
