"""Reading a CV: plain text into jobs, educations, languages and licences, in six languages. No model, no I/O."""
